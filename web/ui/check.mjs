// Builds into a folder of its own and names what differs from ../static. Compressed twins are compared by what they
// hold, because another version of Node may pack the same content in other bytes.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
const committed = join(here, "../static");
const built = mkdtempSync(join(tmpdir(), "koppel-look-"));

const content = (folder, name) => {
  const bytes = readFileSync(join(folder, name));
  if (name.endsWith(".gz")) return gunzipSync(bytes);
  if (name.endsWith(".br")) return brotliDecompressSync(bytes);
  return bytes;
};
const same = (name) => {
  try {
    return content(built, name).equals(content(committed, name));
  } catch {
    return false; // one of them lacks it, or it cannot be unpacked
  }
};

try {
  execFileSync(process.execPath, [join(here, "build.mjs"), built], { stdio: "inherit" });
  const names = new Set([...readdirSync(built), ...readdirSync(committed)]);
  const differing = [...names].filter((name) => !same(name));
  for (const name of differing) console.error(`web/static/${name} is not what web/ui builds: npm run build in web/ui makes it anew`);
  process.exitCode = differing.length > 0 ? 1 : 0;
} finally {
  rmSync(built, { recursive: true, force: true });
}
