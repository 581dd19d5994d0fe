/** Google's token endpoints, as far as google-auth-library asks them: https://developers.google.com/identity/protocols/oauth2 and https://cloud.google.com/iam/docs/reference/sts/rest. */
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import * as z from "zod";
import type { Reply } from "./clouds.ts";
import { good, jwt, opaque } from "./secrets.ts";

const pair = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

export const serviceAccount = {
  type: "service_account",
  project_id: "acme",
  private_key_id: "k1",
  private_key: pair.privateKey,
  client_email: "agents@acme.iam.gserviceaccount.com",
  client_id: "1",
  token_uri: "https://oauth2.googleapis.com/token",
};

export const authorizedUser = { type: "authorized_user", client_id: "c", client_secret: "s", refresh_token: "refresh-1", account: "" };

const audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/ci";

/** A workload identity whose proof is in a file. */
export const externalAccount = (file: string, impersonate: boolean) => ({
  type: "external_account",
  audience,
  subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  token_url: "https://sts.googleapis.com/v1/token",
  credential_source: { file },
  ...(impersonate
    ? {
        service_account_impersonation_url:
          "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/deploy@acme.iam.gserviceaccount.com:generateAccessToken",
      }
    : {}),
});

export interface GoogleState {
  tokenSeconds: number;
  /** How far Google's clock is ahead of ours. */
  skewSeconds: number;
  revoked: boolean;
  subjectToken: string;
}

const assertionSchema = z.object({ iss: z.string(), aud: z.string(), iat: z.number(), exp: z.number(), scope: z.string() });

const invalidGrant = (error_description: string): Reply => ({ status: 400, body: { error: "invalid_grant", error_description } });

export function google(state: GoogleState, host: string, path: string, body: string, authorization: string): Reply | undefined {
  const form = new URLSearchParams(body);
  if (host === "oauth2.googleapis.com" && path === "/token")
    return form.get("grant_type") === "refresh_token" ? forRefreshToken(state, form) : forAssertion(state, form.get("assertion") ?? "");
  if (host === "sts.googleapis.com" && path === "/v1/token") return forSubjectToken(state, form);
  if (host === "iamcredentials.googleapis.com" && path.endsWith(":generateAccessToken")) return impersonated(state, authorization);
  return undefined;
}

const token = ({ tokenSeconds }: GoogleState) => ({
  access_token: good("google", opaque("ya29."), tokenSeconds),
  expires_in: tokenSeconds,
  token_type: "Bearer",
});

function forAssertion(state: GoogleState, assertion: string): Reply {
  const [header = "", payload = "", signature = ""] = assertion.split(".");
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${payload}`),
    createPublicKey(pair.publicKey),
    Buffer.from(signature, "base64url"),
  );
  const claims = assertionSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  const now = Date.now() / 1000 + state.skewSeconds;
  if (!isSigned || state.revoked || claims.iss !== serviceAccount.client_email) return invalidGrant("Invalid JWT Signature.");
  if (claims.exp < now || claims.iat > now + 300 || claims.exp - claims.iat > 3600)
    return invalidGrant(
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    );
  return { body: token(state) };
}

function forRefreshToken(state: GoogleState, form: URLSearchParams): Reply {
  if (state.revoked || form.get("refresh_token") !== "refresh-1" || form.get("client_secret") !== "s")
    return invalidGrant("Token has been expired or revoked.");
  return { body: { ...token(state), id_token: jwt({ email: "dev@acme.example" }) } };
}

function forSubjectToken(state: GoogleState, form: URLSearchParams): Reply {
  if (form.get("audience") !== audience || form.get("subject_token") !== state.subjectToken)
    return invalidGrant("The subject token is not valid.");
  return { body: { ...token(state), issued_token_type: "urn:ietf:params:oauth:token-type:access_token" } };
}

function impersonated(state: GoogleState, authorization: string): Reply {
  if (!authorization.startsWith("Bearer ya29.")) return { status: 403, body: { error: { code: 403, status: "PERMISSION_DENIED" } } };
  const accessToken = good("google", opaque("ya29."), state.tokenSeconds);
  return { body: { accessToken, expireTime: new Date(Date.now() + state.tokenSeconds * 1000).toISOString() } };
}
