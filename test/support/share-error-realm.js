const { types } = require('node:util');

// Jest runs tests in a realm of their own, so an error of Node's core is no `instanceof Error` there, though it is in
// every real process. Only Error itself answers for both realms; its subclasses keep to their prototype chain.
const ordinary = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(candidate) {
    return ordinary.call(this, candidate) || (this === Error && types.isNativeError(candidate));
  },
});
