/** Runs gcloud, which has an account of its own. */
import { homedir } from "node:os";
import { text } from "node:stream/consumers";
import spawn from "cross-spawn";

export async function gcloud(...args: string[]): Promise<string> {
  // Windows looks for it in the folder first: not in a repository.
  const child = spawn("gcloud", [...args, "--quiet"], { stdio: ["ignore", "pipe", "pipe"], cwd: homedir() });
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const all = (stream: NodeJS.ReadableStream | null) => (stream ? text(stream) : "");
  const [code, output, said] = await Promise.all([ended.catch(notThere), all(child.stdout), all(child.stderr)]);
  if (code === 0) return output.trim();
  throw new Error(said.trim() || `gcloud ended with ${code}`);
}

function notThere(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") throw new Error("gcloud is not on the PATH");
  throw error;
}
