// A native modal dialog: the browser keeps focus inside, returns it, and closes the top layer on Esc.
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useText } from "../text";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  kind?: "centre" | "drawer" | "palette";
  children: ReactNode;
}

export function Dialog({ open, onClose, title, kind = "centre", children }: DialogProps) {
  const t = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) {
      element.showModal();
      element.querySelector<HTMLElement>("[data-first]")?.focus(); // the box of the palette, not its close button
    }
    if (!open && element.open) element.close();
  }, [open]);
  return (
    // A press on the backdrop lands on the dialog element itself; the keyboard has Esc and the close button.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the dialog's own
    <dialog
      ref={dialog}
      className={`dialog dialog-${kind}`}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={event => event.target === dialog.current && dialog.current.close()}
    >
      {open && (
        <div className="dialog-body">
          <div className="dialog-head">
            <h2 id={heading}>{title}</h2>
            <button
              type="button"
              className="button button-icon"
              aria-label={t.close}
              onClick={() => dialog.current?.close()}
            >
              <X size={18} aria-hidden="true" />
            </button>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
