/** The token cache of a device-code login, kept in memory so that a store for secrets (VS Code's SecretStorage) can hold it; @azure/identity alone only writes it to disk. */
import { useIdentityPlugin } from "@azure/identity";
import * as z from "zod";

export interface MemoryCache {
  /** What `tokenCachePersistenceOptions.name` names it by. */
  name: string;
  /** As MSAL serialises it: with the refresh token. */
  text: string;
}

const caches = new Map<string, MemoryCache>();
let made = 0;

export function memoryCache(text: string): MemoryCache {
  if (made === 0) useIdentityPlugin(plugin);
  const cache = { name: `cockpit-${made++}`, text };
  caches.set(cache.name, cache);
  return cache;
}

/** What MSAL hands over around each access to its cache (`ICachePlugin` of @azure/msal-common). */
interface CacheContext {
  cacheHasChanged: boolean;
  tokenCache: { deserialize(text: string): void; serialize(): string };
}

type SetPersistence = (factory: (options?: { name?: string }) => Promise<object>) => void;

const contextSchema = z.object({
  cachePluginControl: z.object({ setPersistence: z.custom<SetPersistence>((it) => typeof it === "function") }),
});

function plugin(context: unknown) {
  contextSchema.parse(context).cachePluginControl.setPersistence(async (options) => {
    const cache = [...caches.values()].find(({ name }) => options?.name === name || options?.name?.startsWith(`${name}.`));
    return {
      beforeCacheAccess: async ({ tokenCache }: CacheContext) => {
        if (cache && cache.text !== "") tokenCache.deserialize(cache.text);
      },
      afterCacheAccess: async ({ cacheHasChanged, tokenCache }: CacheContext) => {
        if (cache && cacheHasChanged) cache.text = tokenCache.serialize();
      },
    };
  });
}
