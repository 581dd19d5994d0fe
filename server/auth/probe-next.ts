/** The one next step for an index that is not as it should be. */
import type { PackageIndex } from "./package-index.ts";
import type { Answer } from "./probe-answers.ts";
import { providerOf } from "./provider-of.ts";

export function nextStep(
  index: Pick<PackageIndex, "url" | "tool" | "from">,
  { verdict }: Pick<Answer, "verdict">,
  hadCredential: boolean,
): string {
  const host = URL.parse(index.url)?.host ?? index.url;
  const provider = providerOf(index.url);
  switch (verdict) {
    case "reachable":
      return "";
    case "needs-login":
      if (provider) return `run \`cockpit auth login ${provider}\``;
      return hadCredential ? `renew the credential of ${host} in ${index.from}` : `give ${index.tool} a credential for ${host}`;
    case "forbidden":
      return provider
        ? `ask for the right to read it, or log in as somebody else: \`cockpit auth login ${provider}\``
        : `ask who runs ${host} for the right to read it`;
    case "cordoned":
      return "open a page in the browser and log in to the network or its proxy";
    case "offline":
      return `check the network, the VPN and the address of ${host} in ${index.from}`;
    case "tls-failure":
      return `name the authority that signed ${host}'s certificate: ${authority[index.tool]}`;
  }
}

const authority: Record<PackageIndex["tool"], string> = {
  uv: "SSL_CERT_FILE=FILE",
  pip: "PIP_CERT=FILE",
  npm: "NODE_EXTRA_CA_CERTS=FILE",
  go: "SSL_CERT_FILE=FILE",
};
