// Things put together by what they have in common.

/** The things by their keys, in the order in which they came. */
export function grouped<Key, Thing>(things: Iterable<Thing>, keyOf: (thing: Thing) => Key): Map<Key, Thing[]> {
  const found = new Map<Key, Thing[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const before = found.get(key);
    if (before) {
      before.push(thing);
    } else {
      found.set(key, [thing]);
    }
  }
  return found;
}
