/**
 * Builds the site's scripts, stylesheet and fonts into cabinet/static/cabinet/.
 *
 * Every entry becomes one file of its own: the site's storage gives each file a name with its
 * hash and does not follow imports between scripts. `--watch` builds again at every change.
 */

import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "static", "cabinet");
const WORKER = join(HERE, "src", "keystore", "keystore.worker.ts");
// The portal's stylesheet, and what makes Django's admin look like the rest of it.
const STYLESHEETS = ["site.css", "desk.css"].map((name) => join(HERE, "css", name));
const FONT = join(HERE, "node_modules", "@fontsource", "golos-text", "files");
// The same typeface as TrueType, with all its letters, for the PDF forms that the server writes.
const PRINT_FONT = join(HERE, "node_modules", "@expo-google-fonts", "golos-text");
const PRINT_FILES = ["400Regular/GolosText_400Regular.ttf", "600SemiBold/GolosText_600SemiBold.ttf"];
const SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext"];
const WEIGHTS = [400, 600];

/** Files of a folder that end so; none where the folder is not there. */
async function filesIn(folder, ending) {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

async function entryPoints() {
  const pages = await filesIn(join(HERE, "src", "pages"), ".ts");
  return [...pages, WORKER, ...STYLESHEETS].map((path) => ({
    in: path,
    out: basename(path).replace(/\.(ts|css)$/, ""),
  }));
}

async function copyFonts() {
  const folder = join(OUT, "fonts");
  await mkdir(folder, { recursive: true });
  const names = SUBSETS.flatMap((subset) =>
    WEIGHTS.map((weight) => `golos-text-${subset}-${weight}-normal.woff2`),
  );
  await Promise.all([
    ...names.map((name) => copyFile(join(FONT, name), join(folder, name))),
    ...PRINT_FILES.map((name) => copyFile(join(PRINT_FONT, name), join(folder, basename(name)))),
  ]);
}

const options = {
  entryPoints: await entryPoints(),
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  // Licences of what is bundled stand in one place, the package list, not in every file.
  legalComments: "none",
  // The stylesheets name the fonts beside them, which are copied as they are.
  external: ["*.woff2"],
  logLevel: "info",
};

if (process.argv.includes("--watch")) {
  await copyFonts();
  const context = await esbuild.context(options);
  await context.watch();
} else {
  // A file that has no source any more must not be served.
  await rm(OUT, { recursive: true, force: true });
  await copyFonts();
  await esbuild.build(options);
}
