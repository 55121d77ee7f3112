/** Runs every `*.test.ts` beside it by node's own test runner. */

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.ts"));
const out = await mkdtemp(join(tmpdir(), "cabinet-tests-"));

try {
  await esbuild.build({
    entryPoints: names.map((name) => join(HERE, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = names.map((name) => join(out, name.replace(/\.ts$/, ".mjs")));
  const done = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
  process.exitCode = done.status ?? 1;
} finally {
  await rm(out, { recursive: true, force: true });
}
