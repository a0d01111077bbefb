export { until } from '../../../local/until';
