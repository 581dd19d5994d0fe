/** Google's library for Pub/Sub, named once: a module of our own is what the bundler can load later with its names. */
export { Duration, PubSub, SubscriptionCloseBehaviors } from "@google-cloud/pubsub";
