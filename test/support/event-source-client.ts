export { EventSourceClient } from '../../bench/event-path/event-source-client';
