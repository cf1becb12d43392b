export {
  allowedAttributes,
  allowedSpanName,
  errorCode,
  type AllowedValue,
  type BusinessAttributes,
} from './allowed-attributes.js';
export { BUSINESS_EVENTS, type BusinessEvent } from './business-event.js';
export { formatTraceparent, parseTraceparent, type Traceparent } from './traceparent.js';
