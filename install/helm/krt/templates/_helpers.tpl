{{- define "krt.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "krt.labels" -}}
app.kubernetes.io/name: krt
app.kubernetes.io/component: {{ . }}
{{- end }}

{{- /* What every container of krt runs with: Pod Security restricted, and a root file system that stays as it is. */}}
{{- define "krt.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "krt.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- /* A Role with its binding: name, rules, account, and whether it is for the whole cluster. */}}
{{- define "krt.role" -}}
{{- $prefix := ternary "Cluster" "" .wide }}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}Role
metadata:
  name: {{ .name }}
  {{- if not .wide }}
  namespace: {{ .namespace }}
  {{- end }}
  labels: { app.kubernetes.io/name: krt }
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}RoleBinding
metadata:
  name: {{ .name }}
  {{- if not .wide }}
  namespace: {{ .namespace }}
  {{- end }}
  labels: { app.kubernetes.io/name: krt }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ $prefix }}Role, name: {{ .name }} }
subjects: [{ kind: ServiceAccount, name: {{ .account }}, namespace: {{ .namespace }} }]
{{- end }}
