/** What stands between the person and a fleet that is whole and of now, with the next step; and what is new. */
import type { ComponentChildren } from "preact";
import { plural } from "../../server/fleet/model/plural.ts";
import { age } from "../figures.ts";
import { shown, shownName } from "../text.ts";
import { unfiltered } from "../view-state.ts";
import type { Shared } from "./app.tsx";
import { Button } from "./button.tsx";
import { handFocus, pauseButton, searchField } from "./hand-focus.ts";
import { Icon } from "./icon.tsx";
import "./banners.css";

export function Banners({ forest, screen }: Shared) {
  return (
    <div class="banners">
      <ServerBanner forest={forest} screen={screen} />
      <LiveBanner forest={forest} screen={screen} />
      <PauseBanner forest={forest} screen={screen} />
    </div>
  );
}

/** Stays at the lower edge, wherever the list is scrolled to. */
export function News({ forest, screen }: Shared) {
  return (
    <div class="news">
      <div>
        <CriticalBanner forest={forest} screen={screen} />
        <Said forest={forest} screen={screen} />
      </div>
    </div>
  );
}

function Banner({ icon, tone, children }: { icon: string; tone?: string; children: ComponentChildren }) {
  return (
    <div class={`banner${tone ? ` ${tone}` : ""}`}>
      <Icon name={icon} {...(tone ? { tone } : {})} />
      {children}
    </div>
  );
}

function ServerBanner({ forest, screen: { server, rows } }: Shared) {
  if (server.state === "starting" && rows.length > 0)
    return <Banner icon="sync">The cockpit's server is starting: findings are those of before.</Banner>;
  if (server.state === "auditing" && rows.length > 0) return <Banner icon="sync">Auditing: findings may be of before.</Banner>;
  if (server.state !== "error") return null;
  return (
    <Banner icon="error" tone="critical">
      <p>
        The cockpit's server is not running: {shown(server.message)}. {rows.length > 0 ? "Findings are those of before." : ""}
      </p>
      <Button icon="debug-restart" onClick={() => forest.post({ kind: "restartServer" })}>
        Restart Server
      </Button>
      <Button icon="output" onClick={() => forest.post({ kind: "showLog" })}>
        Show Log
      </Button>
    </Banner>
  );
}

function LiveBanner({ forest, screen: { watching, starts, hasFolder, isTold, isTrusted, totals } }: Shared) {
  if (starts) return <Banner icon="sync">Live Wire is starting…</Banner>;
  if (watching.kind === "watching" || !hasFolder || !isTold) return null;
  const start = (
    <Button icon="broadcast" isMain onClick={() => forest.post({ kind: "startLiveWire" })}>
      Start Live Wire
    </Button>
  );
  if (watching.kind === "off")
    return (
      <Banner icon="debug-disconnect">
        <p>Live Wire is off: what agents do now is not known.{isTrusted ? "" : " It runs in trusted workspaces only."}</p>
        {start}
      </Banner>
    );
  // Of now also in a view that is paused.
  return (
    <Banner icon="history" tone="warning">
      <p>
        Live Wire does not run, for {age(Date.now() - watching.since)}: {shown(watching.message)}.
        {totals.dataAgeMs === null ? "" : " What you see is what was known then."}
      </p>
      {start}
      <Button icon="output" onClick={() => forest.post({ kind: "showLog" })}>
        Show Log
      </Button>
    </Banner>
  );
}

function PauseBanner({ forest, screen: { isPaused, now, waiting } }: Shared) {
  if (!isPaused) return null;
  const parts = [
    ...(waiting.agents > 0 ? [`news of ${plural(waiting.agents, "agent")}`] : []),
    ...(waiting.alerts > 0 ? [plural(waiting.alerts, "alert")] : []),
  ];
  const goOn = () => {
    handFocus(pauseButton);
    forest.pause(false);
  };
  return (
    <Banner icon="debug-pause" tone="warning">
      <p>
        The view is paused since {new Date(now).toLocaleTimeString()}.{" "}
        {parts.length > 0 ? `Waiting: ${parts.join(" and ")}.` : "Nothing waits."}
      </p>
      <Button icon="debug-continue" onClick={goOn}>
        Go On
      </Button>
    </Banner>
  );
}

/** What a person who has scrolled down would miss. */
function CriticalBanner({ forest, screen: { news, shown: visible } }: Shared) {
  const [first, ...others] = news.critical;
  if (!first) return null;
  const name = <bdi>{shownName(first.agentId)}</bdi>;
  const dismiss = () => {
    handFocus(searchField);
    forest.seen();
  };
  const show = () => {
    if (!visible.includes(first)) forest.change(unfiltered);
    forest.seen();
    forest.show(first.key);
  };
  return (
    <Banner icon="flame" tone="critical">
      <p>
        {name} {others.length > 0 ? `and ${plural(others.length, "other agent")} became critical.` : "became critical."}
      </p>
      <Button icon="arrow-down" onClick={show}>
        Show
      </Button>
      <Button icon="check" onClick={dismiss}>
        Dismiss
      </Button>
    </Banner>
  );
}

function Said({ forest, screen: { news } }: Shared) {
  if (!news.said) return null;
  const { text, isProblem } = news.said;
  const dismiss = () => {
    handFocus(searchField);
    forest.dismiss();
  };
  return (
    <Banner icon={isProblem ? "error" : "check"} {...(isProblem ? { tone: "critical" } : {})}>
      <p>{shown(text)}</p>
      <Button icon="check" onClick={dismiss}>
        Dismiss
      </Button>
    </Banner>
  );
}
