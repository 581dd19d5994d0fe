/** Text from outside, as VS Code shows it in a notification as it is: it would make links of `[text](command:…)`, which run the command. */
export const withoutLinks = (text: string): string => text.replaceAll("](", "] (");
