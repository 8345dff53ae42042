#!/bin/sh
# Renders the videos of the demo's modules: how a sheet is clamped, where chips go, and how a machine is stopped; each in less than half
# a minute and without words. Needs ffmpeg with libvpx. With names, only those: `./render.sh chips`.
set -eu
cd "$(dirname "$0")"
render() { # name, seconds, filters
  ffmpeg -loglevel error -y -f lavfi -i "color=c=0x123d2e:s=480x270:r=10:d=$2" -vf "$3,format=yuv420p" \
    -c:v libvpx-vp9 -crf 42 -b:v 0 -g 20 -row-mt 1 -fflags +bitexact -map_metadata -1 "$1.webm"
}
box() { # x, y, width, height, colour, when
  printf "drawbox=x='%s':y='%s':w='%s':h='%s':color=%s:t=fill:enable='%s'" "$@"
}
bed=$(box 40 200 400 14 0x8aa398 1)

clamping() {
  sheet=$(box 90 180 300 20 0xe8dcc0 'gte(t,2)')
  left=$(box 84 'max(150,60+(t-5)*45)' 26 32 0xf2f2ee 'gte(t,5)')
  right=$(box 370 'max(150,60+(t-8)*45)' 26 32 0xf2f2ee 'gte(t,8)')
  path=$(box 130 176 220 4 0xd64545 'gte(t,11)')
  tool=$(box '130+mod((t-13)*40,210)' 120 12 58 0xb9f5c8 'gte(t,13)*lt(t,21)')
  spindle=$(box '110+if(gte(t,13)*lt(t,21),mod((t-13)*40,210),0)' 70 52 52 0x3f5f52 1)
  done=$(box 90 180 300 20 0x57c084 'gte(t,21)')
  render clamping 24 "$bed,$sheet,$path,$left,$right,$tool,$spindle,$done"
}

# Chips pile up, the hose comes down and its gate opens, and the pile is gone.
chips() {
  spindle=$(box '130+mod(t*24,200)' 60 52 52 0x3f5f52 'lt(t,16)')
  tool=$(box '150+mod(t*24,200)' 112 12 68 0xb9f5c8 'lt(t,16)')
  sheet=$(box 90 180 300 20 0xe8dcc0 1)
  pile=$(box 150 'max(150,178-t*4)' 180 'min(30,2+t*4)' 0xd6a545 'lt(t,11)')
  rest=$(box '150+(t-11)*36' 150 'max(1,180-(t-11)*36)' 30 0xd6a545 'gte(t,11)*lt(t,16)')
  hose=$(box 400 'min(100,(t-7)*60-100)' 34 100 0x8aa398 'gte(t,7)')
  gate=$(box 400 'if(gte(t,10),188,200)' 34 6 0xd64545 'gte(t,7)*lt(t,10)')
  open=$(box 400 196 34 6 0x57c084 'gte(t,10)')
  clean=$(box 90 180 300 20 0x57c084 'gte(t,17)')
  render chips 20 "$bed,$sheet,$pile,$rest,$tool,$spindle,$hose,$gate,$open,$clean"
}

# The sheet comes loose, a hand presses the red button, and everything stands still.
stopping() {
  moves='130+if(lt(t,9),mod(t*40,210),150)'
  spindle=$(box "$moves" 70 52 52 0x3f5f52 1)
  tool=$(box "20+$moves" 120 12 58 0xb9f5c8 1)
  sheet=$(box '90+if(gte(t,6),min(30,(t-6)*10),0)' 180 300 20 0xe8dcc0 1)
  warning=$(box '90+if(gte(t,6),min(30,(t-6)*10),0)' 176 300 4 0xd64545 'gte(t,6)*lt(mod(t,1),0.5)*lt(t,9)')
  housing=$(box 20 90 60 60 0xd6c545 1)
  button=$(box 34 'if(gte(t,9),112,104)' 32 32 0xd64545 1)
  hand=$(box 34 'if(lt(t,9),min(72,(t-7)*50-20),80)' 32 30 0xf2d0b0 'gte(t,7)*lt(t,12)')
  still=$(box 0 0 480 12 0x57c084 'gte(t,13)')
  render stopping 16 "$bed,$sheet,$warning,$tool,$spindle,$housing,$button,$hand,$still"
}

for name in ${*:-clamping chips stopping}; do "$name"; done
