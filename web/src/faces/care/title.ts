import { useEffect } from "react";

// Title = screen + person; never a diagnosis (screens are projected, histories are read by others).
export function useTitle(screen: string, person = ""): void {
  useEffect(() => {
    document.title = [screen, person, "Tasuki"].filter(Boolean).join(" | ");
  }, [screen, person]);
}
