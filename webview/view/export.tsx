/** The picture and the data of what is shown, to a file. */
import { useEffect, useRef } from "preact/hooks";
import { type ExportFormat, mostExported } from "../../server/protocol/forest.ts";
import { messageOf } from "../../server/protocol/message-of.ts";
import { csvOf, jsonOf } from "../data.ts";
import { pictureOf, png } from "../picture.ts";
import type { Shared } from "./app.tsx";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import "./export.css";

const formats: readonly { format: ExportFormat; icon: string; name: string }[] = [
  { format: "svg", icon: "file-media", name: "Picture as SVG" },
  { format: "png", icon: "file-media", name: "Picture as PNG" },
  { format: "json", icon: "json", name: "Data as JSON" },
  { format: "csv", icon: "table", name: "Data as CSV" },
];

export function Export({ forest, screen }: Shared) {
  const menu = useRef<HTMLDetailsElement>(null);
  /** Who goes elsewhere, by key or by mouse, leaves it. */
  const leave = (to: EventTarget | null) => {
    if (menu.current && to instanceof Node && !menu.current.contains(to)) menu.current.open = false;
  };
  useEffect(() => {
    const onPointerDown = ({ target }: PointerEvent) => leave(target);
    document.addEventListener("pointerdown", onPointerDown);
    return () => document.removeEventListener("pointerdown", onPointerDown);
  }, []);
  const close = () => {
    if (menu.current) menu.current.open = false;
    menu.current?.querySelector("summary")?.focus();
  };
  const send = async (format: ExportFormat) => {
    close();
    try {
      const content = await contents[format](screen);
      if (content.length > mostExported) throw new Error("it is too large for one file. Filter what is shown, and export that.");
      forest.post({ kind: "export", format, content });
    } catch (error) {
      forest.say(`Nothing was exported: ${messageOf(error)}`);
    }
  };
  return (
    <details
      ref={menu}
      class="menu"
      onKeyDown={({ key }) => key === "Escape" && close()}
      onFocusOut={({ relatedTarget }) => leave(relatedTarget)}
    >
      <summary class="button" aria-label="Export" title="Export">
        <Icon name="export" /> <span class="word">Export</span>
      </summary>
      <div class="choices">
        {formats.map(({ format, icon, name }) => (
          <Button key={format} icon={icon} onClick={() => void send(format)}>
            {name}
          </Button>
        ))}
      </div>
    </details>
  );
}

const contents: Readonly<Record<ExportFormat, (screen: Shared["screen"]) => string | Promise<string>>> = {
  svg: pictureOf,
  png: (screen) => png(pictureOf(screen)),
  json: jsonOf,
  csv: csvOf,
};
