// What the server says by `window/showMessage`, shown as the setting for notifications has it.
import * as vscode from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";
import { shown, unlinked } from "./notify";
import { settings } from "./settings";
import { iconless, visible } from "./words";

const BRIEFLY = 10_000; // milliseconds that the status bar says something

/** How VS Code shows a message of each level. */
export const SHOW = {
  info: vscode.window.showInformationMessage,
  warning: vscode.window.showWarningMessage,
  error: vscode.window.showErrorMessage,
};

/** What to do with them: faults in what a person did are always shown, that it succeeded at least in the status bar. */
export function passOn(log: vscode.LogOutputChannel): (said: ShowMessageParams) => void {
  return ({ type, message }) => {
    if (type === MessageType.Error) {
      log.error(message);
      void SHOW.error(unlinked(message));
    } else if (type === MessageType.Warning) {
      log.warn(message);
      void SHOW.warning(unlinked(message));
    } else {
      log.info(message);
      if (shown("info", settings().showNotifications)) {
        void SHOW.info(unlinked(message));
      } else {
        vscode.window.setStatusBarMessage(`Vetline: ${iconless(visible(message))}`, BRIEFLY);
      }
    }
  };
}
