/** Revoking the old signature: sign the request with the new key or the old one. */

import { attachSignForm } from "../journey/sign-form.js";

attachSignForm();
