/** One entry of the list, by its kind. */
import type { Health } from "../../server/fleet/model/fleet-row.ts";
import { plural } from "../../server/fleet/model/plural.ts";
import { age } from "../figures.ts";
import type { Item } from "../items.ts";
import { shownName } from "../text.ts";
import { Agent } from "./agent.tsx";
import type { Shared } from "./app.tsx";
import type { Asked } from "./confirm.tsx";
import { Greens } from "./greens.tsx";
import { Heading } from "./heading.tsx";
import { HealthIcon, Icon } from "./icon.tsx";
import "./entry.css";

interface EntryProps extends Shared {
  item: Item;
  isCurrent: boolean;
  ask(asked: Asked): void;
}

export function Entry({ forest, screen, item, isCurrent, ask }: EntryProps) {
  const level = screen.state.byFolder ? 3 : 2;
  switch (item.kind) {
    case "folder":
      return (
        <h2 class="heading">
          <Icon name="folder" /> <bdi>{shownName(item.folder)}</bdi> <span class="count">{plural(item.agents, "agent")}</span>
        </h2>
      );
    case "health":
      return (
        <Heading level={level} class="heading">
          <HealthIcon health={item.health} freshness="live" /> {headings[item.health]}{" "}
          <span class="count">{plural(item.agents, "agent")}</span>
        </Heading>
      );
    case "greens":
      return <Greens {...{ forest, item, isCurrent }} />;
    case "agent": {
      const { row } = item;
      const heard = row.live ? age(screen.now - row.live.heard) : "";
      return (
        <Agent
          {...{ forest, row, isCurrent, heard, ask }}
          isOpen={item.isOpen}
          entryKey={item.key}
          // What is closed tells no time but that.
          now={item.isOpen ? Math.floor(screen.now / 1000) * 1000 : 0}
          detail={item.isOpen ? screen.detail(row.agentId) : undefined}
          range={screen.state.range}
          level={level === 3 ? 4 : 3}
        />
      );
    }
  }
}

const headings: Readonly<Record<Health, string>> = { critical: "Critical", warning: "Warnings", green: "Green" };
