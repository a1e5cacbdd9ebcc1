// The bundler reads stylesheets; to TypeScript they are imports without a value.
declare module '*.css'
