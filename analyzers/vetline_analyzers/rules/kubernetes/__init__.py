"""Rules for Kubernetes manifests, one file each."""
