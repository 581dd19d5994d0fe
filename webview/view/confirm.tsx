/** Asks before an agent is paused or goes on. A dialog of the platform: Escape leaves it, and the focus goes back to where it was, or to the agent's row. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { FleetRow } from "../../server/fleet/model/fleet-row.ts";
import { longestReason } from "../../server/protocol/forest.ts";
import type { Forest } from "../forest.ts";
import { shown, shownName } from "../text.ts";
import { Button } from "./button.tsx";
import "./confirm.css";

export interface Asked {
  kind: "mothball" | "resume";
  row: FleetRow;
}

export function Confirm({ forest, opens }: { forest: Forest; opens: { current: (asked: Asked) => void } }) {
  const [asked, setAsked] = useState<Asked>();
  const dialog = useRef<HTMLDialogElement>(null);
  /** Who asks again at once gets an empty form. */
  const turn = useRef(0);
  const asker = useRef<Element>(null);
  opens.current = (it) => {
    turn.current++;
    asker.current = document.activeElement;
    setAsked(it);
  };
  useLayoutEffect(() => {
    if (asked && !dialog.current?.open) dialog.current?.showModal();
  }, [asked]);
  // The event comes later than the closing: it may be asked again by then.
  const forget = () => {
    if (dialog.current?.open) return;
    if (asked && !asker.current?.isConnected) forest.show(asked.row.key);
    setAsked(undefined);
  };
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="asked" onClose={forget}>
      {asked &&
        (asked.kind === "mothball" ? (
          <Mothball key={turn.current} {...{ forest, close }} row={asked.row} />
        ) : (
          <Resume key={turn.current} {...{ forest, close }} row={asked.row} />
        ))}
    </dialog>
  );
}

interface FormProps {
  forest: Forest;
  row: FleetRow;
  close(): void;
}

function Mothball({ forest, row, close }: FormProps) {
  const [isMissing, setMissing] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const send = () => {
    const reason = reasonIn(field);
    if (reason === "") {
      field.current?.focus();
      return setMissing(true);
    }
    forest.post({ kind: "mothball", agentId: row.agentId, reason });
    close();
  };
  return (
    <form onSubmit={submitted(send)}>
      <h2 id="asked">
        Mothball <bdi>{shownName(row.agentId)}</bdi>?
      </h2>
      <p>Its next call of a model is refused, until somebody resumes it. Nothing is deleted.</p>
      <Reason field={field} label="Why? The agent's own error will say it." isMissing={isMissing} />
      {isMissing && (
        <p id="missing" class="problem" role="alert">
          Say why.
        </p>
      )}
      <Buttons does="Mothball" icon="debug-pause" close={close} send={send} />
    </form>
  );
}

function Resume({ forest, row, close }: FormProps) {
  const field = useRef<HTMLInputElement>(null);
  const send = () => {
    forest.post({ kind: "resume", agentId: row.agentId, reason: reasonIn(field) });
    close();
  };
  return (
    <form onSubmit={submitted(send)}>
      <h2 id="asked">
        Resume <bdi>{shownName(row.agentId)}</bdi>?
      </h2>
      {row.paused && (
        <p>
          <bdi>{shownName(row.paused.by)}</bdi> mothballed it on {new Date(row.paused.at).toLocaleString()}:{" "}
          <bdi>{shown(row.paused.reason)}</bdi>
        </p>
      )}
      <p>Its next call goes through.</p>
      <Reason field={field} label="Why? It is kept as evidence (may be left empty)." />
      <Buttons does="Resume" icon="debug-continue" close={close} send={send} />
    </form>
  );
}

interface ReasonProps {
  field: { readonly current: HTMLInputElement | null };
  label: string;
  isMissing?: boolean;
}

/** The field has the focus, so that a person can write and press Enter. */
function Reason({ field, label, isMissing = false }: ReasonProps) {
  useLayoutEffect(() => field.current?.focus(), [field]);
  return (
    <>
      <label for="reason">{label}</label>
      <input
        id="reason"
        ref={field}
        maxLength={longestReason}
        aria-invalid={isMissing}
        aria-describedby={isMissing ? "missing" : undefined}
      />
    </>
  );
}

const reasonIn = (field: ReasonProps["field"]) => field.current?.value.trim() ?? "";

const submitted = (send: () => void) => (event: Event) => {
  event.preventDefault();
  send();
};

function Buttons({ does, icon, close, send }: { does: string; icon: string; close(): void; send(): void }) {
  return (
    <div class="actions">
      <Button icon={icon} isMain onClick={send}>
        {does}
      </Button>
      <Button onClick={close}>Cancel</Button>
    </div>
  );
}
