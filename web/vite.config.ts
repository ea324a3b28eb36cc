// One project for every page that the binary serves. Built files land in dist/assets and are served under /assets/;
// each app's index.html lands in a folder with the app's name.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The residents' pages are rendered by the server, which links their stylesheet by a fixed name.
const FIXED_NAMES = new Set(['pages.css']);

// The apps are built without the pages' styles where these are not part of the checkout.
const pagesStyles = here('src/pages/pages.less');

export default defineConfig({
  base: '/',
  plugins: [vue()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    // Old WebViews of WeChat on Android are the oldest browsers that a resident brings.
    target: 'es2020',
    // The pages' strict Content-Security-Policy allows no data: URLs except for pictures, so nothing else is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        phone: here('phone/index.html'),
        ...(existsSync(pagesStyles) ? { pages: pagesStyles } : {}),
      },
      output: {
        assetFileNames: (asset) =>
          asset.names.some((name) => FIXED_NAMES.has(name)) ? 'assets/[name][extname]' : 'assets/[name]-[hash][extname]',
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
  server: {
    // `npm run dev` beside a running `hopetree demo`.
    proxy: { '/sandbox/control': 'http://127.0.0.1:8080', '/h': 'http://127.0.0.1:8080' },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
