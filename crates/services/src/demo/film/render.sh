#!/bin/sh
# Renders the video of the demo's module: how a sheet is clamped, in 24 seconds without words. Needs ffmpeg with libvpx.
set -eu
cd "$(dirname "$0")"
bed="drawbox=x=40:y=200:w=400:h=14:color=0x8aa398:t=fill"
sheet="drawbox=x=90:y=180:w=300:h=20:color=0xe8dcc0:t=fill:enable='gte(t,2)'"
left="drawbox=x=84:y='max(150,60+(t-5)*45)':w=26:h=32:color=0xf2f2ee:t=fill:enable='gte(t,5)'"
right="drawbox=x=370:y='max(150,60+(t-8)*45)':w=26:h=32:color=0xf2f2ee:t=fill:enable='gte(t,8)'"
path="drawbox=x=130:y=176:w=220:h=4:color=0xd64545:t=fill:enable='gte(t,11)'"
tool="drawbox=x='130+mod((t-13)*40,210)':y=120:w=12:h=58:color=0xb9f5c8:t=fill:enable='gte(t,13)*lt(t,21)'"
spindle="drawbox=x='110+if(gte(t,13)*lt(t,21),mod((t-13)*40,210),0)':y=70:w=52:h=52:color=0x3f5f52:t=fill"
done="drawbox=x=90:y=180:w=300:h=20:color=0x57c084:t=fill:enable='gte(t,21)'"
ffmpeg -loglevel error -y -f lavfi -i "color=c=0x123d2e:s=480x270:r=10:d=24" \
  -vf "$bed,$sheet,$path,$left,$right,$tool,$spindle,$done,format=yuv420p" \
  -c:v libvpx-vp9 -crf 42 -b:v 0 -g 20 -row-mt 1 -fflags +bitexact -map_metadata -1 clamping.webm
