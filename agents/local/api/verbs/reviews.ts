import { invalidValue } from '../field-error.ts';
import { parseBody, unrecognized } from '../http/body.ts';
import { isObject, type JsonObject, timestamp, valueAt } from '../object.ts';
import { invalid } from '../status-error.ts';
import { groupVersion, type ResourceType } from '../types/resource-type.ts';
import type { Answer, ApiContext } from './context.ts';

/** Answers the reviews that are computed, not stored: who holds the token may do everything. */
export function answerReview(
  context: ApiContext,
  type: ResourceType,
  text: string,
  contentType: string | undefined,
): Answer {
  const { value } = parseBody(text, contentType, unrecognized(type.kind, text));
  const spec = valueAt(value, ['spec']);
  const head = { kind: type.kind, apiVersion: groupVersion(type) };
  switch (type.kind) {
    case 'SelfSubjectReview': {
      const groups = ['system:masters', 'system:authenticated'];
      const status = { userInfo: { username: context.user, uid: context.user, groups } };
      const metadata = { creationTimestamp: timestamp(context.clock.now()) };
      return { code: 201, body: { ...head, metadata, status } };
    }
    case 'SelfSubjectRulesReview': {
      const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
      const nonResourceRules = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
      const status = { resourceRules, nonResourceRules, incomplete: false };
      return { code: 201, body: { ...head, metadata: {}, spec: {}, status } };
    }
    default:
      checkAttributes(type, isObject(spec) ? spec : {});
      return { code: 201, body: { ...head, metadata: {}, spec, status: { allowed: true } } };
  }
}

function checkAttributes({ group }: ResourceType, spec: JsonObject): void {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isObject(resourceAttributes) !== isObject(nonResourceAttributes)) return;
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  throw invalid({ group, name: '' }, '', [invalidValue('spec', nonResourceAttributes ?? null, detail)]);
}

const REVIEWS = new Set(['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SelfSubjectReview']);

/** Whether a type is answered and never stored. */
export const isReview = ({ kind, isCustom }: ResourceType): boolean => !isCustom && REVIEWS.has(kind);
