/** A button with an icon and a word. */
import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";
import "./button.css";

export interface ButtonProps {
  icon?: string;
  /** What it is called, where its words alone do not say what they are about. */
  label?: string;
  isMain?: boolean;
  isPressed?: boolean;
  tabIndex?: number;
  onClick(): void;
  children: ComponentChildren;
}

export function Button({ icon, label, isMain, isPressed, tabIndex, onClick, children }: ButtonProps) {
  return (
    <button
      type="button"
      class={isMain ? "button main" : "button"}
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}
