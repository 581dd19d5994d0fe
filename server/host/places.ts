/** The platform's own folders for what the cockpit keeps of a user's. Absolute paths; nothing is made here. */
import envPaths from "env-paths";

const ours = () => envPaths("agentops-cockpit", { suffix: "" });

/** What can be made anew at any time. */
export const cacheFolder = () => process.env.COCKPIT_CACHE_DIR ?? ours().cache;

/** What a person chose. */
export const configFolder = () => process.env.COCKPIT_CONFIG_DIR ?? ours().config;
