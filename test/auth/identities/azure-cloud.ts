/** Azure's authority and the endpoint of a managed identity, as far as MSAL asks them: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code. */
import type { Reply } from "./clouds.ts";
import { good, jwt, opaque } from "./secrets.ts";

export interface AzureState {
  tokenSeconds: number;
  /** Whether somebody has typed the code. */
  approved: boolean;
  /** What the token endpoint answers instead. */
  refusal?: { error: string; error_description: string } | undefined;
  refreshTokens: Set<string>;
}

export const devOps = "499b84ac-1321-427f-aa17-267ca6975798";

export function azure(state: AzureState, origin: string, path: string, query: URLSearchParams, body: string): Reply | undefined {
  const [, tenant = "", ...rest] = path.split("/");
  const form = new URLSearchParams(body);
  if (path.endsWith("/v2.0/.well-known/openid-configuration")) return { body: configuration(origin, tenant) };
  if (rest.join("/") === "oauth2/v2.0/devicecode") return { body: deviceCode(form) };
  if (rest.join("/") === "oauth2/v2.0/token") return forGrant(state, origin, form);
  return path === "/msi" ? managedIdentity(state, query) : undefined;
}

const configuration = (origin: string, tenant: string) => ({
  issuer: `${origin}/${tenant}/v2.0`,
  authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
  token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
  jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
});

function deviceCode(form: URLSearchParams) {
  const wanted = form.get("scope")?.includes(`${devOps}/.default`);
  return {
    user_code: wanted ? "ABCD-EFGH" : "WRONG-SCOPE",
    device_code: opaque("device-"),
    verification_uri: "https://microsoft.com/devicelogin",
    expires_in: 900,
    interval: 1,
    message: "To sign in, open https://microsoft.com/devicelogin and enter the code ABCD-EFGH to authenticate.",
  };
}

function forGrant(state: AzureState, origin: string, form: URLSearchParams): Reply {
  const refuse = (error: string, error_description: string): Reply => ({ status: 400, body: { error, error_description } });
  if (state.refusal) return { status: 400, body: state.refusal };
  if (form.get("grant_type") === "refresh_token")
    // Each is good once.
    return state.refreshTokens.delete(form.get("refresh_token") ?? "")
      ? { body: tokens(state, origin, form) }
      : refuse("invalid_grant", "AADSTS700082: The refresh token has expired.");
  return state.approved ? { body: tokens(state, origin, form) } : refuse("authorization_pending", "AADSTS70016: pending");
}

function tokens(state: AzureState, origin: string, form: URLSearchParams) {
  const claims = { tid: "t1", oid: "o1", sub: "s1", preferred_username: "dev@acme.example", upn: "dev@acme.example" };
  const refresh = opaque("refresh-");
  state.refreshTokens.add(refresh);
  const now = Math.floor(Date.now() / 1000);
  return {
    token_type: "Bearer",
    scope: `${devOps}/.default`,
    expires_in: state.tokenSeconds,
    access_token: good("azure", jwt({ ...claims, aud: devOps, nonce: opaque("n") }), state.tokenSeconds),
    refresh_token: refresh,
    id_token: jwt({ ...claims, iss: `${origin}/t1/v2.0`, aud: form.get("client_id"), iat: now, exp: now + 3600, ver: "2.0" }),
    client_info: Buffer.from(JSON.stringify({ uid: "o1", utid: "t1" })).toString("base64url"),
  };
}

function managedIdentity(state: AzureState, query: URLSearchParams): Reply {
  if (query.get("resource") !== devOps) return { status: 400, body: { message: `wrong resource ${query.get("resource")}` } };
  const expires_on = String(Math.floor(Date.now() / 1000) + state.tokenSeconds);
  return {
    body: {
      access_token: good("azure", jwt({ appid: "app-1", nonce: opaque("n") }), state.tokenSeconds),
      expires_on,
      resource: devOps,
      token_type: "Bearer",
      client_id: "app-1",
    },
  };
}
