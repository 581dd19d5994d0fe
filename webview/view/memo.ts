/** A component that is drawn again only when one of its properties is another one. */
import { Component, type ComponentChildren, type ComponentClass } from "preact";

export function memo<Props extends object>(draw: (props: Props) => ComponentChildren): ComponentClass<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      return !isSame(Object.entries(this.props), Object.entries(next));
    }
    override render() {
      return draw(this.props);
    }
  };
}

const isSame = (a: [string, unknown][], b: [string, unknown][]): boolean =>
  a.length === b.length && a.every(([name, value], index) => b[index]?.[0] === name && b[index][1] === value);
