// TypeScript asks for the types of a stylesheet too, where no bundler's declarations are loaded: there is no value in it.
export {}
