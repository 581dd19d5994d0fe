/** What a token says of its bearer. It is not verified: it is shown to the bearer himself, who just got it from its issuer. */
import * as z from "zod";

const schema = z.object({
  email: z.string().optional(),
  upn: z.string().optional(),
  preferred_username: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
});

/** Nothing when the token is none of JSON (https://www.rfc-editor.org/rfc/rfc7519). */
export function claimsOf(token: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()));
  } catch {
    return {};
  }
}
