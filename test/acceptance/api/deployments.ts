const labels = { app: 'x' };
/** The body of a Deployment `x`. */
export const deployment = (podSpec: object, spec: object = {}) => ({
  metadata: { name: 'x' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }], ...podSpec } },
    ...spec,
  },
});
/** The same with one container that has `rest`. */
export const container = (rest: object, podSpec: object = {}) =>
  deployment({ containers: [{ name: 'c', image: 'i', ...rest }], ...podSpec });

const POD = 'spec.template.spec';
const C = `${POD}.containers[0]`;

/** Deployments that are refused, with errors that are told. */
export const BAD_DEPLOYMENTS: [title: string, body: object, errors: string[]][] = [
  ['no container', deployment({ containers: [] }), [`${POD}.containers: Required value`]],
  ['an empty container', deployment({ containers: [{}] }), [`${C}.name: Required value`, `${C}.image: Required value`]],
  [
    'two containers of a name',
    deployment({
      containers: [
        { name: 'c', image: 'i' },
        { name: 'c', image: 'i' },
      ],
    }),
    [`${POD}.containers[1].name: Duplicate value: "c"`],
  ],
  ['a name with a dot', container({ name: 'a.b' }), [`${C}.name: Invalid value: "a.b": must not contain dots`]],
  [
    'a pull policy that is none',
    container({ imagePullPolicy: 'X' }),
    [`${C}.imagePullPolicy: Unsupported value: "X": supported values: "Always", "IfNotPresent", "Never"`],
  ],
  [
    'Pods that end',
    deployment({ restartPolicy: 'Never' }),
    [`${POD}.restartPolicy: Unsupported value: "Never": supported values: "Always"`],
  ],
  [
    'ports',
    container({
      ports: [{ containerPort: 0 }, { containerPort: 70_000, name: 'TOO' }, { containerPort: 1, protocol: 'X' }],
    }),
    [
      `${C}.ports[0].containerPort: Required value`,
      `${C}.ports[1].name: Invalid value: "TOO": must contain at least one letter (a-z)`,
      `${C}.ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
      `${C}.ports[2].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"`,
    ],
  ],
  [
    'variables',
    container({
      env: [
        { name: '' },
        { name: 'A=B' },
        { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'B', valueFrom: {} },
      ],
    }),
    [
      `${C}.env[0].name: Required value`,
      `${C}.env[1].name: Invalid value: "A=B"`,
      `${C}.env[2].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`,
      `${C}.env[3].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
    ],
  ],
  [
    'a field that a variable can not have',
    container({ env: [{ name: 'C', valueFrom: { fieldRef: { fieldPath: 'metadata.nope' } } }] }),
    [
      `${C}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.nope": error converting fieldPath: field label not supported: metadata.nope`,
    ],
  ],
  [
    'a ConfigMap without a name',
    container({ envFrom: [{}, { configMapRef: {} }] }),
    [
      `${C}.envFrom: Invalid value: "": must specify one of: \`configMapRef\` or \`secretRef\``,
      `${C}.envFrom[1].configMapRef.name: Required value`,
    ],
  ],
  [
    'mounts',
    container(
      {
        volumeMounts: [
          { name: 'no', mountPath: '/a' },
          { name: 'v', mountPath: '/x' },
          { name: 'v', mountPath: '/x' },
          { name: 'v', mountPath: '/y', subPath: '../x' },
        ],
      },
      { volumes: [{ name: 'v', emptyDir: {} }] },
    ),
    [
      `${C}.volumeMounts[0].name: Not found: "no"`,
      `${C}.volumeMounts[2].mountPath: Invalid value: "/x": must be unique`,
      `${C}.volumeMounts.subPath: Invalid value: "../x": must not contain '..'`,
    ],
  ],
  [
    'volumes',
    deployment({
      volumes: [
        { name: 'a', emptyDir: {}, hostPath: { path: '/x' } },
        { name: 'a' },
        { name: 'b', persistentVolumeClaim: {} },
        { name: 'c', secret: {} },
        { name: 'd', hostPath: { path: '/x', type: 'Odd' } },
      ],
    }),
    [
      `${POD}.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type`,
      `${POD}.volumes[2].persistentVolumeClaim.claimName: Required value`,
      `${POD}.volumes[3].secret.secretName: Required value`,
      `${POD}.volumes[4].hostPath.type: Unsupported value: "Odd"`,
    ],
  ],
  [
    'more than the limit',
    container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    [`${C}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`],
  ],
  [
    'two volumes of a name',
    deployment({ volumes: [{ name: 'a' }, { name: 'a' }] }),
    [`${POD}.volumes[1].name: Duplicate value: "a"`],
  ],
  [
    'less than nothing',
    container({ resources: { requests: { cpu: '-1' } } }),
    [`${C}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`],
  ],
  [
    'probes',
    container({
      readinessProbe: { httpGet: { port: 0 } },
      livenessProbe: {},
      startupProbe: { exec: { command: [] }, periodSeconds: -1 },
    }),
    [
      `${C}.livenessProbe: Required value: must specify a handler type`,
      `${C}.readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
      `${C}.startupProbe.exec.command: Required value`,
      `${C}.startupProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
    ],
  ],
  [
    'a ServiceAccount that can not be',
    deployment({ serviceAccountName: 'NO' }),
    [`${POD}.serviceAccountName: Invalid value: "NO"`],
  ],
  [
    'replicas',
    deployment({}, { replicas: -1 }),
    ['spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  ],
  ['no selector', deployment({}, { selector: undefined }), ['spec.selector: Required value']],
  [
    'another selector',
    deployment({}, { selector: { matchLabels: { app: 'y' } } }),
    ['`selector` does not match template `labels`'],
  ],
];

/** Deployments that can't even be read. */
export const UNREADABLE_DEPLOYMENTS: [title: string, body: object, message: string][] = [
  [
    'containers that are no list',
    deployment({ containers: {} }),
    'cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
  ],
  [
    'a command that is a text',
    container({ command: 'x' }),
    'cannot unmarshal string into Go struct field Container.spec.template.spec.containers.command of type []string',
  ],
  [
    'a variable that is a number',
    container({ env: [{ name: 'A', value: 1 }] }),
    'cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
  ],
  [
    'a quantity that is none',
    container({ resources: { requests: { cpu: 'abc' } } }),
    'quantities must match the regular expression',
  ],
];
