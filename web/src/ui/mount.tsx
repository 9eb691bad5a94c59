// Starts a face: language, query client, page root. One place, so that every face treats failures alike.
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "../lib/api";
import { language } from "../text";

// A session that ended: back to the entrance, which returns here. The path holds ids only, never words typed.
function toEntrance(): void {
  window.location.assign(`/?next=${encodeURIComponent(window.location.pathname)}`);
}

const retriesMax = 2;
const passing = (error: unknown) => error instanceof ApiError && error.failure === "offline";

export function mount(face: ReactNode): void {
  document.documentElement.lang = language();
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: error => {
        if (error instanceof ApiError && error.failure === "signed-out") toEntrance();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, error) => count < retriesMax && passing(error),
        refetchOnWindowFocus: false,
        networkMode: "always", // a hospital network is no "internet": the browser's own guess is not asked
      },
    },
  });
  const root = document.getElementById("page");
  if (!root) throw new Error("index.html lost its #page");
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>{face}</QueryClientProvider>
    </StrictMode>,
  );
}
