/** Sends what a step has made to the address of its page. */

import { post, type Fields, type Reply } from "../ui/api.js";
import { CancelledError, run } from "../ui/progress.js";

/**
 * The server's reply. Stopped on the way, nobody on this side knows whether it arrived: the page
 * is loaded anew, which leads to the step that is really reached, and the reply is null.
 */
export async function send(form: HTMLFormElement, fields: Fields): Promise<Reply | null> {
  try {
    return await run(form, "ui.sending", (signal) => post(window.location.pathname, fields, signal));
  } catch (error) {
    if (error instanceof CancelledError) {
      window.location.reload();
      return null;
    }
    throw error;
  }
}
