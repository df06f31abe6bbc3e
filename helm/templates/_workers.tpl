{{/* A deployment of workers: `root`, `component`, the secret with its `clusters`, what it does (`roles`) and its `values`. */}}
{{- define "tenantry.workers" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "tenantry.labels" . | nindent 4 }}
spec:
  replicas: {{ .values.replicas }}
  strategy:
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels:
      {{- include "tenantry.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "tenantry.podLabels" . | nindent 8 }}
    spec:
      {{- include "tenantry.pod" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
      containers:
        - name: {{ .component }}
          image: {{ include "tenantry.image" . }}
          # It listens on nothing, so there is nothing to probe; a worker that cannot go on ends, and is started again.
          args: [node, --enable-source-maps, dist/src/main/worker.js]
          securityContext:
            {{- include "tenantry.containerSecurity" . | nindent 12 }}
          env:
            {{- include "tenantry.env" . | nindent 12 }}
            - { name: WORKER_ROLES, value: {{ .roles | quote }} }
            - { name: WORKER_CONCURRENCY, value: {{ .values.concurrency | quote }} }
          envFrom:
            - secretRef: { name: {{ .root.Values.secrets.settings }} }
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            {{- include "tenantry.mounts" . | nindent 12 }}
      volumes:
        {{- include "tenantry.volumes" . | nindent 8 }}
{{- end }}

{{/* What workers may reach: `root` and `component`. */}}
{{- define "tenantry.workerNetworkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "tenantry.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "tenantry.selector" . | nindent 6 }}
  # It listens on nothing: no rule lets anybody in.
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "tenantry.egress" (dict "root" .root "publicPorts" (concat .root.Values.networkPolicy.publicPorts .root.Values.networkPolicy.mailPorts)) | nindent 4 }}
{{- end }}
