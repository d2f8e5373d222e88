# -*- encoding: utf-8 -*-
# stub: rbs 2.