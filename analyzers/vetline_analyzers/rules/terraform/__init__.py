"""Rules for Terraform, one file each."""
