/** `cockpit auth login`: what was chosen goes to the keeper, which logs in; a person is shown where to type a code. */
import type { LoginIndex, LoginOptions } from "../../auth/identity.ts";
import { connectKeeper } from "../../auth/keeper/client.ts";
import type { LoggedIn } from "../../auth/keeper/protocol.ts";
import { namedIndexes } from "../../auth/named-indexes.ts";
import { type Format, formats, type Provider, providers } from "../../protocol/auth.ts";
import { refusalAsUsage } from "../auth-refusal.ts";
import { type Flags, UsageError } from "../flags.ts";
import { printable, type Terminal } from "../terminal.ts";
import { shownExpiry } from "./auth-status.ts";

export async function run(flags: Flags, terminal: Terminal): Promise<number> {
  const options = optionsOf(flags);
  return refusalAsUsage(async () => {
    const indexes = namedIndexes(flags.list("index"), servesOf(flags));
    const done = await logIn(options, indexes, terminal);
    if (flags.text("format") === "json") await terminal.out(`${JSON.stringify({ version: 1, ...done }, null, 2)}\n`);
    else if (!flags.on("quiet")) await terminal.out(shown(done));
    return 0;
  });
}

async function logIn(options: LoginOptions, indexes: readonly LoginIndex[], terminal: Terminal): Promise<LoggedIn> {
  const keeper = await connectKeeper();
  const drawing = setInterval(() => terminal.progress(`logging in to ${options.provider}…`), 200);
  try {
    const prompt = ({ message }: { message: string }) => terminal.note(printable(message));
    return await keeper.login({ options, indexes }, { prompt, signal: terminal.signal });
  } finally {
    clearInterval(drawing);
    terminal.progress("");
    keeper.close();
  }
}

const textFlags = ["method", "profile", "region", "domain", "domainOwner", "tenant", "clientId"] as const;

/** Which provider each flag that not all of them know belongs to. */
const belongsTo: Readonly<Record<string, Provider>> = {
  profile: "aws",
  region: "aws",
  domain: "aws",
  domainOwner: "aws",
  repository: "aws",
  tenant: "azure",
  clientId: "azure",
};

function optionsOf(flags: Flags): LoginOptions {
  const provider = providers.find((it) => it === flags.text("provider"));
  if (!provider) throw new UsageError(`name a cloud: ${providers.join(", ")}`);
  const foreign = Object.entries(belongsTo).find(([name, its]) => its !== provider && (flags.text(name) ?? flags.list(name)[0]));
  if (foreign) throw new UsageError(`--${dashed(foreign[0])} is for ${foreign[1]}, not for ${provider}; leave it out`);
  const texts = Object.fromEntries(textFlags.flatMap((name) => (flags.text(name) ? [[name, flags.text(name)]] : [])));
  const repositories = flags.list("repository");
  const serves = servesOf(flags);
  return {
    provider,
    ...texts,
    ...(repositories.length > 0 ? { repositories } : {}),
    ...(repositories.length > 0 && serves.length > 0 ? { formats: serves } : {}),
  };
}

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const servesOf = (flags: Flags): Format[] => flags.list("serves").flatMap((it) => formats.find((format) => format === it) ?? []);

function shown({ provider, account, method, expiresAt, indexes }: LoggedIn): string {
  const expiry = expiresAt === undefined ? "" : `, the token lasts until ${shownExpiry(expiresAt)} and is renewed by itself`;
  const lines = indexes.map(({ name, url }) => `  ${name}  ${url}`);
  return printable(`logged in to ${provider} as ${account} (${method})${expiry}`).concat("\n", ...lines.map((it) => `${printable(it)}\n`));
}
