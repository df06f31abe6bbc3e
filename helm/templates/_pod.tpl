{{/* What every pod of the chart has in common; each piece is called with the root and `component`. */}}

{{- define "tenantry.selector" -}}
app.kubernetes.io/name: tenantry
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "tenantry.labels" -}}
{{ include "tenantry.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
tenantry/region: {{ required "region is needed: use values-<region>.yaml" .root.Values.region }}
{{- end }}

{{- define "tenantry.image" -}}
{{ required "image.repository is needed" .root.Values.image.repository }}@{{ required "image.digest is needed" .root.Values.image.digest }}
{{- end }}

{{- define "tenantry.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "tenantry.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "tenantry.env" -}}
- { name: NODE_ENV, value: production }
- { name: BASE_DOMAIN, value: {{ required "baseDomain is needed" .root.Values.baseDomain | quote }} }
- { name: PUBLIC_PORT, value: {{ .root.Values.publicPort | quote }} }
- { name: SERVED_REGIONS, value: {{ .root.Values.region | quote }} }
- { name: TRUSTED_PROXIES, value: {{ join "," .root.Values.trustedProxies | quote }} }
- { name: LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
- { name: AZURE_KEY_VAULT_URL, value: {{ required "keyVaultUrl is needed" .root.Values.keyVaultUrl | quote }} }
{{- with .root.Values.mailFrom }}
- { name: MAIL_FROM, value: {{ . | quote }} }
{{- end }}
- { name: S3_BUCKET, value: {{ required "objectStore.bucket is needed" .root.Values.objectStore.bucket | quote }} }
- { name: S3_REGION, value: {{ .root.Values.objectStore.region | quote }} }
{{- with .root.Values.objectStore.endpoint }}
- { name: S3_ENDPOINT, value: {{ . | quote }} }
{{- end }}
- { name: FLAGS_BACKUP_DIR, value: /tmp/flags }
{{- with .root.Values.unleashUrl }}
- { name: UNLEASH_URL, value: {{ . | quote }} }
{{- end }}
- { name: CLUSTERS, value: /run/tenantry/clusters/clusters.json }
{{- if .root.Values.secrets.authorities }}
- { name: NODE_EXTRA_CA_CERTS, value: /run/tenantry/authorities/ca.pem }
{{- end }}
{{- end }}

{{- define "tenantry.mounts" -}}
- { name: clusters, mountPath: /run/tenantry/clusters, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if .root.Values.secrets.authorities }}
- { name: authorities, mountPath: /run/tenantry/authorities, readOnly: true }
{{- end }}
{{- end }}

{{- define "tenantry.volumes" -}}
- name: clusters
  secret:
    secretName: {{ .clusters }}
    defaultMode: 0440
    items: [{ key: clusters.json, path: clusters.json }]
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- if .root.Values.secrets.authorities }}
- name: authorities
  secret: { secretName: {{ .root.Values.secrets.authorities }}, defaultMode: 0440 }
{{- end }}
{{- end }}

{{/* How the pods of a deployment are spread, and who they run as; up to their containers. */}}
{{- define "tenantry.pod" -}}
serviceAccountName: {{ .root.Release.Name }}-{{ .component }}
automountServiceAccountToken: false
securityContext:
  {{- include "tenantry.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "tenantry.selector" . | nindent 8 }}
{{- end }}

{{- define "tenantry.podLabels" -}}
{{ include "tenantry.labels" . }}
{{- with .root.Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tenantry.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "tenantry.labels" . | nindent 4 }}
  {{- with .root.Values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}

{{- define "tenantry.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "tenantry.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  # A pod that is not ready serves nobody, and may go first.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "tenantry.selector" . | nindent 6 }}
{{- end }}

{{/* Where pods may go; `publicPorts` are the ports of public addresses. */}}
{{- define "tenantry.egress" -}}
{{- $net := .root.Values.networkPolicy -}}
- to:
    {{- toYaml $net.dnsTo | nindent 4 }}
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- range concat (list $net.postgres $net.redis) $net.others }}
{{- if not .cidrs }}{{ fail "networkPolicy: cidrs are needed for postgres, redis and each of others; without them a rule allows every address" }}{{ end }}
- to:
    {{- range .cidrs }}
    - ipBlock: { cidr: {{ . }} }
    {{- end }}
  ports:
    {{- range .ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}
- to:
    # Not the private networks, where the other services are, nor the cloud's metadata.
    - ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16] }
  ports:
    {{- range .publicPorts }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}
