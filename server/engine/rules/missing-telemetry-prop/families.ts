/** Packages that render agent UI, and what their components are. */

/** A2UI, CopilotKit, assistant-ui, AI SDK UI. Their server-side packages are not meant. */
const packages = String.raw`@a2ui/[\w-]+|@copilotkit/(?:react-(?:core|ui|textarea)|a2ui-renderer)|@assistant-ui/[\w-]+|@ai-sdk/(?:react|rsc)|ai/(?:react|rsc)`;

export const agentUiModule = new RegExp(`^(?:${packages})(?:/|$)`);

/** The same on raw text. */
export const mayImportAgentUi = new RegExp(`["'](?:${packages})["'/]`);

/** Components with an observability prop in their own types, by module and name. CopilotKit 1.74: `CopilotChatProps.observabilityHooks`. */
export const observedComponents: ReadonlyMap<string, string> = new Map([
  ["@copilotkit/react-ui CopilotChat", "observabilityHooks"],
  ["@copilotkit/react-ui CopilotPopup", "observabilityHooks"],
  ["@copilotkit/react-ui CopilotSidebar", "observabilityHooks"],
]);

/** Parts of assistant-ui that draw a native element and pass attributes on to it, unless `asChild` hands that to their child. */
export const primitives: Record<string, string> = {
  "ActionBarPrimitive.Copy": "button",
  "ActionBarPrimitive.Edit": "button",
  "ActionBarPrimitive.ExportMarkdown": "button",
  "ActionBarPrimitive.FeedbackNegative": "button",
  "ActionBarPrimitive.FeedbackPositive": "button",
  "ActionBarPrimitive.Reload": "button",
  "ActionBarPrimitive.Speak": "button",
  "ActionBarPrimitive.StopSpeaking": "button",
  "AttachmentPrimitive.Remove": "button",
  "BranchPickerPrimitive.Next": "button",
  "BranchPickerPrimitive.Previous": "button",
  "ComposerPrimitive.AddAttachment": "button",
  "ComposerPrimitive.Cancel": "button",
  "ComposerPrimitive.Dictate": "button",
  "ComposerPrimitive.Input": "textarea",
  "ComposerPrimitive.Send": "button",
  "ComposerPrimitive.StopDictation": "button",
  "SuggestionPrimitive.Trigger": "button",
  "ThreadListItemPrimitive.Archive": "button",
  "ThreadListItemPrimitive.Delete": "button",
  "ThreadListItemPrimitive.Trigger": "button",
  "ThreadListItemPrimitive.Unarchive": "button",
  "ThreadListPrimitive.LoadMore": "button",
  "ThreadListPrimitive.New": "button",
  "ThreadPrimitive.ScrollToBottom": "button",
  "ThreadPrimitive.Suggestion": "button",
};
