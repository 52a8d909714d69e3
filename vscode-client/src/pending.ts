// Something that is settled later, by whoever holds it.

export interface Pending {
  readonly promise: Promise<void>;
  settled: boolean;
  resolve(): void;
  reject(why: unknown): void;
}

export function pending(): Pending {
  let resolve!: () => void;
  let reject!: (why: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => undefined); // nobody need ask
  const one: Pending = {
    promise,
    settled: false,
    resolve: () => {
      one.settled = true;
      resolve();
    },
    reject: (why) => {
      one.settled = true;
      reject(why);
    },
  };
  return one;
}

/** The same promise, rejected with `message` when it takes longer than that many milliseconds. */
export async function within<Value>(milliseconds: number, promise: Promise<Value>, message: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
