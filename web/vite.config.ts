// One build, one entry a face. Paths, not hashes: the server answers /care/* with care/index.html and so on.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  publicDir: "public",
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the page's own policy allows no data: scripts or styles, so nothing is folded in
    cssMinify: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { entry: "index.html", care: "care/index.html", me: "me/index.html" },
    },
  },
});
