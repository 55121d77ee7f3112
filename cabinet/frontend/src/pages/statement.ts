/** The application: sign the statement with the present key. */

import { attachSignForm } from "../journey/sign-form.js";

attachSignForm();
