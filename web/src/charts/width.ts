import { type RefObject, useLayoutEffect, useRef, useState } from "react";

// The drawn width of an element in whole pixels, followed as it changes: SVG text is then never scaled.
export function useWidth<T extends HTMLElement>(): [RefObject<T | null>, number] {
  const element = useRef<T>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const watched = element.current;
    if (!watched) return;
    setWidth(Math.floor(watched.clientWidth));
    const observer = new ResizeObserver(() => setWidth(Math.floor(watched.clientWidth)));
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
