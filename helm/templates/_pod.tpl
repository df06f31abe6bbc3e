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
- { name: HOST, value: 0.0.0.0 }
- { name: PORT, value: {{ .root.Values.api.port | quote }} }
- { name: METRICS_PORT, value: {{ .root.Values.api.metricsPort | quote }} }
- { name: BASE_DOMAIN, value: {{ required "baseDomain is needed" .root.Values.baseDomain | quote }} }
- { name: SERVED_REGIONS, value: {{ .root.Values.region | quote }} }
- { name: TRUSTED_PROXIES, value: {{ join "," .root.Values.trustedProxies | quote }} }
- { name: LOG_LEVEL, value: {{ .root.Values.logLevel | quote }} }
- { name: AZURE_KEY_VAULT_URL, value: {{ required "keyVaultUrl is needed" .root.Values.keyVaultUrl | quote }} }
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
